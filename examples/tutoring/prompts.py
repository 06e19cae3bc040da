"""What the model is told about its task."""

TUTOR = "You help a pupil to find the answer. Never give it away at once."
SUMMARY = "Summarise the lesson for the parents, in three friendly sentences."
REPLY = "Draft a short reply to this message, which a tutor will check before it is sent."
TIPS = "Write two study tips, in the second person."
