from django.http import HttpRequest, HttpResponse


def record(request: HttpRequest, public_id: object) -> HttpResponse:
    return HttpResponse()


def public(request: HttpRequest, public_id: object) -> HttpResponse:
    return HttpResponse()
