import os

from flask import Flask
from sqlalchemy import create_engine, text


def create():
    app = Flask(__name__)
    engine = create_engine(os.environ["DATABASE_URL"])

    @app.route("/")
    def index():
        with engine.connect() as connection:
            return str(connection.execute(text("select 1")).scalar())

    return app
