import os
from urllib.parse import unquote

from flask import Flask, render_template, request
from waitress import serve

app = Flask(__name__)


@app.context_processor
def visitor():
    """Who is signed in, as the gateway says."""
    field = lambda name: unquote(request.headers.get(f"x-authkit-{name}", ""))
    return {"visitor": field("user-id") and {"email": field("email"), "role": field("role")}}


@app.get("/")
def home():
    return render_template("page.html", title="Notes")


@app.get("/account")  # The gateway lets nobody here who isn't signed in.
def account():
    return render_template("page.html", title="Your account")


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8788")))
