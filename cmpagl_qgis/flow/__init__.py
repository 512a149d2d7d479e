"""What happens when: from the dock's signals to the engine and back."""
