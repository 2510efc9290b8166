"""What `check` judges archive files and holdings by."""
