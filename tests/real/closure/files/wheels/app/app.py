import orjson
import psycopg2
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def index():
    return {"size": len(orjson.dumps([1])), "api": psycopg2.apilevel}
