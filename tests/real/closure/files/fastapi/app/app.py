from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Answer(BaseModel):
    ok: bool


@app.get("/")
def index() -> Answer:
    return Answer(ok=True)
