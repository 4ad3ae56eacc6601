"""What fills the terminal: the desk, a conversation, the handover, and the questions laid over them."""
