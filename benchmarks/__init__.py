"""What ``make bench`` measures: the budgets of the architecture, each as a ratio within one run."""
