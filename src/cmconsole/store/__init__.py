"""What is kept: one contract, and the engines that fulfil it."""
