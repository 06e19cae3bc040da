"""Requests and views: what they bring, whose it is, and what has been checked before a view runs."""

from __future__ import annotations

from tests.frameworks.django.policy import check

IMPORTS = """
import json

from ai import ask
from consents.decorators import consenting_only, counted, declared
from django import forms
from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DetailView, FormView, ListView, TemplateView, UpdateView
from people.models import Letter, Note, Profile, User
"""


def test_requests() -> None:
    check(
        IMPORTS
        + """
def typed(request: HttpRequest):
    if request.user.ai_consent:
        ask(request.user.email)
        ask(request.POST["email"])
    ask(request.user.email)  # expect: DU101

def of_an_address(request: HttpRequest):
    ask(request.GET.get("message"))  # expect: DU101
    ask(request.GET.get("page"))
    if request.user.ai_consent:
        ask(request.GET.get("message"))
        ask(request.GET["prompt"])

def untyped(request):
    ask(request.user.email)  # expect: DU101
    ask(request.POST["email"])  # expect: DU101
    ask(request.POST.get("text", ""))  # expect: DU101
    ask(request.FILES["letter"].read().decode())  # expect: DU101
    ask(str(request.POST))  # expect: DU101
    ask(request.body.decode())  # expect: DU101
    ask(json.loads(request.body)["email"])  # expect: DU101

@login_required
@require_POST
def checked(request):
    if not request.user.ai_consent:
        return JsonResponse({}, status=403)
    ask(request.user.email)
    ask(request.POST.get("text", ""))
    ask(request.FILES["letter"].read().decode())
    ask(json.loads(request.body)["email"])
    ask(request.user.profile.biography)

def other(request, number):
    owner = User.objects.get(pk=number)
    if request.user.ai_consent:
        ask(owner.email)  # expect: DU101
    if owner.ai_consent:
        ask(owner.email)
        ask(request.user.email)  # expect: DU101

def own(request):
    if not request.user.ai_consent:
        raise PermissionDenied
    for note in Note.objects.filter(owner=request.user):
        ask(note.private_message)
    for note in request.user.note_set.all():
        ask(note.private_message)
    ask(Profile.objects.get(user=request.user).phone_number)
    ask(User.objects.get(pk=request.user.pk).email)
    for note in Note.objects.all():
        ask(note.private_message)  # expect: DU101

def consenting(request):
    return request.user.is_authenticated and request.user.ai_consent

def by_helper(request):
    if consenting(request):
        ask(request.user.email)
    if not consenting(request):
        ask(request.user.email)  # expect: DU101

def demand(user):
    if not user.ai_consent:
        raise PermissionDenied

def demanded(request):
    demand(request.user)
    ask(request.POST["email"])

async def asynchronous(request):
    user = await request.auser()
    if user.ai_consent:
        ask(user.email)
"""
    )


def test_decorators_of_functions() -> None:
    check(
        IMPORTS
        + """
@declared("assistant")
def by_policy(request):
    ask(request.user.email)

@declared("newsletter")
def other_purpose(request):
    ask(request.user.email)  # expect: DU101

@login_required
@consenting_only
def inferred(request):
    ask(request.user.email)

@user_passes_test(lambda user: user.ai_consent)
def tested(request):
    ask(request.user.email)

@user_passes_test(lambda user: user.is_staff)
def tested_for_staff(request):
    ask(request.user.email)  # expect: DU101

def agrees(user):
    return user.is_authenticated and user.ai_consent

agreed = user_passes_test(agrees, login_url="/consent/")

@agreed
def tested_by_name(request):
    ask(request.user.email)

@login_required
def signed_in(request):
    ask(request.user.email)  # expect: DU101
"""
    )


def test_classes() -> None:
    check(
        IMPORTS
        + """
class Plain(View):
    def get(self, request):
        ask(request.user.email)  # expect: DU101

    def post(self, request):
        if not self.request.user.ai_consent:
            raise PermissionDenied
        ask(request.user.email)
        ask(self.request.user.email)
        ask(request.POST["email"])
        self.helper()

    def helper(self):
        ask(self.request.user.email)

class Dispatched(View):
    def dispatch(self, request, *args, **kwargs):
        if not request.user.ai_consent:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        ask(request.user.email)

    def post(self, request):
        ask(self.request.user.email)

class ConsentMixin:
    def dispatch(self, request, *args, **kwargs):
        if not request.user.ai_consent:
            return JsonResponse({}, status=403)
        return super().dispatch(request, *args, **kwargs)

class Mixed(LoginRequiredMixin, ConsentMixin, View):
    def get(self, request):
        ask(request.user.email)

class Lenient(View):
    def dispatch(self, request, *args, **kwargs):
        if not request.user.ai_consent:
            print("no consent")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        ask(request.user.email)  # expect: DU101

class SignedIn(LoginRequiredMixin, View):
    def get(self, request):
        ask(request.user.email)  # expect: DU101

class Tested(UserPassesTestMixin, View):
    def test_func(self):
        return self.request.user.ai_consent

    def get(self, request):
        ask(request.user.email)

class TestedForStaff(UserPassesTestMixin, View):
    def test_func(self):
        return self.request.user.is_staff

    def get(self, request):
        ask(request.user.email)  # expect: DU101

@method_decorator(declared("assistant"), name="dispatch")
class ByPolicy(View):
    def get(self, request):
        ask(request.user.email)

@method_decorator(declared("assistant"), name="post")
class ByPolicyOfPost(View):
    def get(self, request):
        ask(request.user.email)  # expect: DU101

    def post(self, request):
        ask(request.user.email)

@method_decorator(consenting_only, name="dispatch")
class Inferred(View):
    def get(self, request):
        ask(request.user.email)

@method_decorator([login_required, consenting_only], name="dispatch")
class InferredOfSeveral(View):
    def get(self, request):
        ask(request.user.email)

@method_decorator(consenting_only, name="post")
class InferredOfPost(View):
    def get(self, request):
        ask(request.user.email)  # expect: DU101

    def post(self, request):
        ask(request.user.email)

class OnMethods(View):
    @method_decorator(consenting_only)
    def get(self, request):
        ask(self.request.user.email)

    @method_decorator(login_required)
    def post(self, request):
        ask(request.user.email)  # expect: DU101

    @method_decorator(declared("assistant"))
    def put(self, request):
        ask(request.user.email)

@method_decorator(user_passes_test(lambda user: user.ai_consent), name="dispatch")
class TestedByDecorator(View):
    def get(self, request):
        ask(request.user.email)
"""
    )


def test_generic_views() -> None:
    check(
        IMPORTS
        + """
class ContactForm(forms.Form):
    email = forms.EmailField()
    text = forms.CharField()

class ProfileForm(forms.ModelForm):
    class Meta:
        model = Profile
        fields = ["biography", "phone_number"]

class Contact(FormView):
    form_class = ContactForm

    def form_valid(self, form):
        ask(form.cleaned_data["email"])  # expect: DU101
        if self.request.user.ai_consent:
            ask(form.cleaned_data["email"])
        return super().form_valid(form)

class ConsentMixin:
    def dispatch(self, request, *args, **kwargs):
        if not request.user.ai_consent:
            return JsonResponse({}, status=403)
        return super().dispatch(request, *args, **kwargs)

class CheckedContact(ConsentMixin, FormView):
    form_class = ContactForm

    def form_valid(self, form):
        ask(form.cleaned_data["email"])
        return super().form_valid(form)

class Person(DetailView):
    model = User

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["summary"] = ask(self.object.email)  # expect: DU101
        if self.object.ai_consent:
            context["summary"] = ask(self.object.email)
        return context

    def get(self, request, pk):
        person = self.get_object()
        if person.ai_consent:
            ask(person.email)
        ask(person.email)  # expect: DU101

class Consenting(DetailView):
    def get_queryset(self):
        return User.objects.filter(ai_consent=True)

    def get(self, request, pk):
        person = self.get_object()
        ask(person.email)

class Everybody(ListView):
    queryset = User.objects.all()

    def get_context_data(self, **kwargs):
        for person in self.get_queryset():
            ask(person.email)  # expect: DU101
        return {}

class ConsentingPeople(ListView):
    queryset = User.objects.filter(ai_consent=True)

    def get_context_data(self, **kwargs):
        for person in self.get_queryset():
            ask(person.email)
        return {}

def by_function(request):
    form = ContactForm(request.POST)
    if form.is_valid():
        ask(form.cleaned_data["text"])  # expect: DU101
        if request.user.ai_consent:
            ask(form.cleaned_data["text"])

def saved(request):
    form = ProfileForm(request.POST, instance=request.user.profile)
    if form.is_valid():
        profile = form.save()
        ask(profile.phone_number)  # expect: DU101
        if request.user.ai_consent:
            ask(form.cleaned_data["phone_number"])
"""
    )


def test_urls_wrap_views() -> None:
    check(
        IMPORTS
        + """
def wrapped(request):
    ask(request.user.email)

def plain(request):
    ask(request.user.email)  # expect: DU101

class Wrapped(View):
    def get(self, request):
        ask(request.user.email)

class Bare(View):
    def get(self, request):
        ask(request.user.email)  # expect: DU101
""",
        "views.py",
        {
            "urls.py": """
from consents.decorators import consenting_only
from django.contrib.auth.decorators import login_required
from django.urls import path

import views

urlpatterns = [
    path("wrapped/", consenting_only(views.wrapped)),
    path("plain/", login_required(views.plain)),
    path("class/", consenting_only(views.Wrapped.as_view())),
    path("bare/", login_required(views.Bare.as_view())),
]
"""
        },
    )


def test_mixins_around_views() -> None:
    check(
        IMPORTS
        + """
class Logged:
    def dispatch(self, request, *args, **kwargs):
        print(request.path)
        return super().dispatch(request, *args, **kwargs)

class Consented:
    def dispatch(self, request, *args, **kwargs):
        if not request.user.ai_consent:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

class AnyNote(Logged, DetailView):
    model = Note

    def get(self, request, *args, **kwargs):
        ask(self.get_object().private_message)  # expect: DU101

class SomebodysNote(Consented, DetailView):
    model = Note

    def get(self, request, *args, **kwargs):
        ask(self.get_object().private_message)  # expect: DU101

class OwnNote(Consented, DetailView):
    model = Note

    def get_queryset(self):
        return Note.objects.filter(owner=self.request.user)

    def get(self, request, *args, **kwargs):
        ask(self.get_object().private_message)

class Past(Consented, View):
    def dispatch(self, request, *args, **kwargs):
        return View.dispatch(self, request, *args, **kwargs)

    def get(self, request):
        ask(request.user.email)  # expect: DU101

class Through(Consented, View):
    def dispatch(self, request, *args, **kwargs):
        return Consented.dispatch(self, request, *args, **kwargs)

    def get(self, request):
        ask(request.user.email)
"""
    )


def test_tests_of_a_base_that_is_not_routed() -> None:
    check(
        IMPORTS
        + """
class Base(UserPassesTestMixin, View):
    def test_func(self):
        return self.request.user.ai_consent

    def post(self, request):
        ask(request.user.email)

class Below(Base):
    def post(self, request):
        return JsonResponse({})

class Open(UserPassesTestMixin, View):
    def test_func(self):
        return self.request.user.is_staff

    def post(self, request):
        ask(request.user.email)  # expect: DU101

class BelowOpen(Open):
    def post(self, request):
        return JsonResponse({})
"""
    )


def test_a_finding_stands_in_the_method_that_the_framework_calls() -> None:
    """Not at the program's own dispatch, from where the framework is asked to."""
    check("""
import openai
from django import forms
from django.http import HttpResponse
from django.views.generic import FormView

client = openai.OpenAI()


class Question(forms.Form):
    message = forms.CharField()


def ask(text):
    return client.responses.create(model="m", input=text)


class OfMembers:
    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return HttpResponse(status=403)
        return super().dispatch(request, *args, **kwargs)


class Chat(OfMembers, FormView):
    form_class = Question

    def form_valid(self, form):
        return HttpResponse(ask(form.cleaned_data["message"]))  # expect: DU101
""")
