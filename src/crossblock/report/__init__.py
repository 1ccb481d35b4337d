"""Floor 3: figures and pages. The only place that plots."""
