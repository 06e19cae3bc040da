import enum
import os

API_BASE = os.environ.get("LLM_API_BASE", "https://api.openai.com/v1")
LOCAL_BASE = "http://localhost:8000/v1"


class Endpoint(enum.Enum):
    CHAT = "https://api.mistral.ai/v1/chat/completions"
    HEALTH = "https://status.example.org/health"


class Settings:
    def __init__(self):
        self.base_url = os.environ["LLM_BASE_URL"]
        self.completions = "/chat/completions"
