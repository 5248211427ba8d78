from django.urls import path

from .views import change_order

urlpatterns = [path("orders/<int:number>", change_order)]
