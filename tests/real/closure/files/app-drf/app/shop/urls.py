from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.response import Response


@api_view(["GET"])
def items(request):
    return Response([{"name": "chair", "price": 40}])


urlpatterns = [path("", items)]
