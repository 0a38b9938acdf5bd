"""Exports: how much of a kept case each reader gets, and in which form."""
