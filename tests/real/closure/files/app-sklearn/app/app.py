import numpy
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.linear_model import LogisticRegression

model = LogisticRegression().fit(numpy.array([[0.0], [1.0], [2.0], [3.0]]), [0, 0, 1, 1])
app = FastAPI()


class Point(BaseModel):
    x: float = 1.0


@app.get("/")
def predict(x: float = 1.0):
    return {"class": int(model.predict([[Point(x=x).x]])[0])}
