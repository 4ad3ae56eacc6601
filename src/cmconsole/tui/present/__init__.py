"""Pure formatting: what is known becomes lines of (text, meaning), which no colour or widget knows yet."""
