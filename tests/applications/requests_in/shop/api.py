"""Returns of a shop: the same text comes in by FastAPI, Flask and Django REST framework."""

import openai
from fastapi import APIRouter, Form, UploadFile
from flask import Flask, request
from pydantic import BaseModel, EmailStr
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

client = openai.OpenAI()
router = APIRouter()
app = Flask(__name__)


def classify(text):
    return client.responses.create(model="m", input=text).output_text


class Complaint(BaseModel):
    email: EmailStr
    complaint_text: str
    ai_consent: bool = False


@router.post("/complaints")
async def complain(complaint: Complaint):
    return classify(complaint.model_dump_json())  # expect: DU101


@router.post("/complaints/checked")
async def complain_checked(complaint: Complaint):
    if not complaint.ai_consent:
        return {"answer": "A colleague will answer."}
    return classify(complaint.email)


@router.post("/photos")
async def photo(file: UploadFile, message: str = Form()):
    return classify(message)  # expect: DU101


@app.post("/returns")
def returned():
    body = request.get_json()
    return classify(body["message"])  # expect: DU101


@app.post("/search")
def search():
    return classify("a constant question")


class ReturnSerializer(serializers.Serializer):
    email = serializers.EmailField()
    message = serializers.CharField()


class Returns(APIView):
    def post(self, request):
        serializer = ReturnSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(classify(serializer.validated_data["message"]))  # expect: DU101
