"""Figures of ngxpush beside other servers; README.md explains them."""
