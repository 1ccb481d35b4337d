"""What a participant goes through: screening, gate, allocation, periods, safety, lock."""
