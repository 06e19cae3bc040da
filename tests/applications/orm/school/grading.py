import openai
from django.db.models import Q

from school.models import Essay, Pupil

client = openai.OpenAI()


def grade(text):
    return client.responses.create(model="m", input=text).output_text


def all_essays():
    for essay in Essay.objects.filter(graded=False).select_related("author").order_by("id")[:20]:
        grade(essay.transcript)  # expect: DU101


def consenting_essays():
    for essay in Essay.objects.filter(Q(graded=False), author__ai_consent=True):
        grade(essay.transcript)


def of_pupil(pupil_id):
    pupil = Pupil.objects.get(pk=pupil_id)
    return [grade(essay.transcript) for essay in pupil.essays.all()]  # expect: DU101


def of_consenting_pupil(pupil_id):
    pupil = Pupil.objects.get(pk=pupil_id)
    if not pupil.ai_consent:
        return []
    return [grade(essay.transcript) for essay in pupil.essays.all()]


def columns():
    rows = Essay.objects.values_list("id", "transcript")
    return {number: grade(text) for number, text in rows}  # expect: DU101


def first_names_only():
    return grade(", ".join(str(number) for number in Essay.objects.values_list("id", flat=True)))
