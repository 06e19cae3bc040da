"""REST framework: permissions, serializers, view sets."""

from __future__ import annotations

from tests.frameworks.django.policy import check

PERMISSIONS = """
from rest_framework.permissions import BasePermission, IsAdminUser, IsAuthenticated


class Consented(BasePermission):
    def has_permission(self, request, view):
        return bool(request.user and request.user.is_authenticated and request.user.ai_consent)


class ConsentedToo(IsAuthenticated):
    def has_permission(self, request, view):
        return super().has_permission(request, view) and request.user.ai_consent


class Refused(BasePermission):
    def has_permission(self, request, view):
        return not request.user.ai_consent


class OwnerConsented(BasePermission):
    def has_object_permission(self, request, view, obj):
        return obj.owner.ai_consent


class Safe(BasePermission):
    def has_permission(self, request, view):
        if request.method == "GET":
            return True
        return request.user.ai_consent
"""

SERIALIZERS = """
from rest_framework import serializers

from people.models import City, Letter, Note, Profile, User


class CitySerializer(serializers.ModelSerializer):
    class Meta:
        model = City
        fields = ["name", "description"]


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["email", "first_name"]


class EverythingSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = "__all__"


class WithoutSerializer(serializers.ModelSerializer):
    class Meta:
        model = City
        exclude = ["description"]


class FlagsSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["is_active", "ai_consent"]


class NestedSerializer(serializers.ModelSerializer):
    author = UserSerializer()

    class Meta:
        model = Letter
        fields = ["pk", "author"]


class ComputedSerializer(serializers.Serializer):
    label = serializers.SerializerMethodField()
    mail = serializers.CharField(source="email")

    def get_label(self, user):
        return user.home_address


class InputSerializer(serializers.Serializer):
    email = serializers.EmailField()
    text = serializers.CharField()


class NoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ["private_message"]
"""

IMPORTS = """
import json

from ai import ask
from people.models import City, Letter, Note, User
from rest_framework import generics, viewsets
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.response import Response
from rest_framework.views import APIView

from permissions import *
from serializers import *
"""

MORE = {"permissions.py": PERMISSIONS, "serializers.py": SERIALIZERS}


def test_permissions() -> None:
    check(
        IMPORTS
        + """
class One(APIView):
    permission_classes = [Consented]

    def post(self, request):
        ask(request.user.email)
        ask(request.data["text"])
        ask(self.request.user.email)

class Inherited(One):
    def get(self, request):
        ask(request.user.email)

class Base(APIView):
    permission_classes = [Consented]

    def post(self, request):
        ask(request.user.email)  # expect: DU101

class WithOtherPermissions(Base):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        ask(request.user.email)  # expect: DU101

class Several(APIView):
    permission_classes = (IsAuthenticated, ConsentedToo)

    def get(self, request):
        ask(request.user.email)

class And(APIView):
    permission_classes = [IsAuthenticated & Consented]

    def get(self, request):
        ask(request.user.email)

class Or(APIView):
    permission_classes = [IsAdminUser | Consented]

    def get(self, request):
        ask(request.user.email)  # expect: DU101

class OrBoth(APIView):
    permission_classes = [(IsAdminUser & Consented) | ConsentedToo]

    def get(self, request):
        ask(request.user.email)

class Not(APIView):
    permission_classes = [~Consented]

    def get(self, request):
        ask(request.user.email)  # expect: DU101

class NotRefused(APIView):
    permission_classes = [~Refused]

    def get(self, request):
        ask(request.user.email)

class NotAsked(APIView):
    def get(self, request):
        ask(request.user.email)  # expect: DU101
        ask(request.data["text"])  # expect: DU101

class ForWriting(APIView):
    permission_classes = [Safe]

    def get(self, request):
        ask(request.user.email)  # expect: DU101

    def post(self, request):
        ask(request.user.email)

class Chosen(APIView):
    def get_permissions(self):
        return [IsAuthenticated(), Consented()]

    def get(self, request):
        ask(request.user.email)

class ChosenByAction(viewsets.ViewSet):
    def get_permissions(self):
        if self.action == "list":
            return [Consented()]
        return [IsAuthenticated()]

    def list(self, request):
        ask(request.user.email)

    def create(self, request):
        ask(request.user.email)  # expect: DU101

class Actions(viewsets.ModelViewSet):
    permission_classes = [IsAuthenticated]
    queryset = User.objects.all()
    serializer_class = UserSerializer

    @action(detail=True, permission_classes=[Consented])
    def summary(self, request, pk=None):
        ask(request.user.email)

    @action(detail=False)
    def other(self, request):
        ask(request.user.email)  # expect: DU101

    def perform_create(self, serializer):
        ask(serializer.validated_data["email"])  # expect: DU101

class ConsentedActions(viewsets.ModelViewSet):
    permission_classes = [Consented]
    queryset = Note.objects.all()
    serializer_class = NoteSerializer

    @action(detail=False)
    def other(self, request):
        ask(request.user.email)

    def perform_create(self, serializer):
        ask(serializer.validated_data["private_message"])
        serializer.save(owner=self.request.user)

    def retrieve(self, request, pk=None):
        note = self.get_object()
        ask(note.private_message)  # expect: DU101

class Own(generics.RetrieveAPIView):
    permission_classes = [Consented]

    def get_queryset(self):
        return Note.objects.filter(owner=self.request.user)

    def retrieve(self, request, pk=None):
        note = self.get_object()
        ask(note.private_message)
        for note in self.get_queryset():
            ask(note.private_message)

class OfOwner(APIView):
    permission_classes = [OwnerConsented]

    def get(self, request, pk):
        note = Note.objects.get(pk=pk)
        self.check_object_permissions(request, note)
        ask(note.private_message)

class OfOwnerByAction(viewsets.ModelViewSet):
    permission_classes = [OwnerConsented]
    queryset = Note.objects.all()

    @action(detail=True)
    def summary(self, request, pk=None):
        ask(self.get_object().private_message)

    @action(detail=True, permission_classes=[IsAuthenticated])
    def draft(self, request, pk=None):
        ask(self.get_object().private_message)  # expect: DU101

class OfOwnerInHelper(viewsets.ModelViewSet):
    permission_classes = [OwnerConsented]
    queryset = Note.objects.all()

    def load(self):
        return self.get_object()

    @action(detail=True)
    def summary(self, request, pk=None):
        ask(self.load().private_message)

class OfAnybodyInHelper(viewsets.ModelViewSet):
    permission_classes = [OwnerConsented]
    queryset = Note.objects.all()

    def load(self):
        return self.get_object()

    @action(detail=True, permission_classes=[IsAuthenticated])
    def draft(self, request, pk=None):
        ask(self.load().private_message)  # expect: DU101

class OfOwnerChosen(viewsets.ModelViewSet):
    permission_classes = [OwnerConsented]
    queryset = Note.objects.all()

    def get_permissions(self):
        return [IsAuthenticated()]

    @action(detail=True)
    def summary(self, request, pk=None):
        ask(self.get_object().private_message)  # expect: DU101

class Unrouted(APIView):
    permission_classes = [Consented]

    def get(self, request):
        ask(request.user.email)

class BelowUnrouted(Unrouted):
    def get(self, request):
        ask(request.user.email)

@api_view(["POST"])
@permission_classes([Consented])
def function(request):
    ask(request.user.email)
    ask(request.data["text"])

@api_view(["POST"])
def unchecked(request):
    ask(request.user.email)  # expect: DU101
    ask(request.data.get("text"))  # expect: DU101
""",
        more=MORE,
    )


def test_serializers() -> None:
    check(
        IMPORTS
        + """
class Shown(APIView):
    def get(self, request):
        ask(json.dumps(UserSerializer(request.user).data))  # expect: DU101
        ask(json.dumps(UserSerializer(instance=request.user).data))  # expect: DU101
        ask(json.dumps(EverythingSerializer(request.user).data))  # expect: DU101
        ask(json.dumps(FlagsSerializer(request.user).data))
        ask(json.dumps(UserSerializer(User.objects.all(), many=True).data))  # expect: DU101
        ask(json.dumps(UserSerializer(User.objects.filter(ai_consent=True), many=True).data))
        ask(json.dumps(CitySerializer(City.objects.all(), many=True).data))
        ask(json.dumps(WithoutSerializer(City.objects.first()).data))
        ask(json.dumps(NestedSerializer(Letter.objects.first()).data))  # expect: DU101
        ask(json.dumps(NestedSerializer(Letter.objects.filter(author__ai_consent=True).first()).data))
        ask(UserSerializer(request.user).data["email"])  # expect: DU101
        ask(ComputedSerializer(request.user).data["label"])  # expect: DU101
        ask(ComputedSerializer(request.user).data["mail"])  # expect: DU101

    def post(self, request):
        if not request.user.ai_consent:
            return Response({})
        ask(json.dumps(UserSerializer(request.user).data))
        ask(ComputedSerializer(request.user).data["label"])
        serializer = InputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ask(serializer.validated_data["text"])

    def put(self, request):
        serializer = InputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ask(serializer.validated_data["text"])  # expect: DU101

class Saved(generics.CreateAPIView):
    serializer_class = NoteSerializer

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        note = serializer.save(owner=request.user)
        ask(note.private_message)  # expect: DU101
""",
        more=MORE,
    )


def test_permissions_of_the_settings() -> None:
    check(
        IMPORTS
        + """
class Default(APIView):
    def get(self, request):
        ask(request.user.email)

class Own(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        ask(request.user.email)  # expect: DU101
""",
        more={
            **MORE,
            "settings.py": """
AUTH_USER_MODEL = "people.User"
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["permissions.Consented"]}
""",
        },
    )


def test_decorators_of_the_program_around_methods() -> None:
    """What is handed on may be REST framework's own request."""
    check("""
from functools import wraps

import openai
from rest_framework.response import Response
from rest_framework.views import APIView

client = openai.OpenAI()


def for_members(roles):
    def decorator(view):
        @wraps(view)
        def wrapped(instance, request, *args, **kwargs):
            if request.user.pk in roles:
                return view(instance, request, *args, **kwargs)
            return Response(status=403)
        return wrapped
    return decorator


def send(text):
    return client.responses.create(model="m", input=text)


class Ask(APIView):
    @for_members([1])
    def post(self, request):
        return Response(send(request.data.get("task", "")))  # expect: DU101

    @for_members([2])
    def put(self, request):
        if request.user.ai_consent:
            return Response(send(request.data["task"]))
""")
