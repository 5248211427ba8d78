from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .push import publish


@csrf_exempt
@require_POST
def change_order(request: HttpRequest, number: int) -> JsonResponse:
    """A cook says how far an order is: whoever waits for it hears of it."""
    state = request.POST["state"]
    publish(f"order-{number}", "state", {"order": number, "state": state})
    return JsonResponse({"order": number, "state": state})
