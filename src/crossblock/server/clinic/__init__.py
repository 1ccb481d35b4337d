"""The clinic: intake, gate, sessions, course, plan, the patient's page, on the one record."""
