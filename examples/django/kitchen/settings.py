"""The smallest settings that serve."""

SECRET_KEY = "an example"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "kitchen.urls"
INSTALLED_APPS = ["kitchen"]

# Where the application publishes: the first server of nginx.conf.
PUSH_URL = "http://127.0.0.1:9080"
