"""What people settle: decisions on one record or many, by one person or two, who is who, and answers to volunteers."""
