"""The domain: what a community manager's desk is made of, as frozen values and pure rules."""
