import pandas as pd
import plotly.express as px
from dash import Dash, dcc, html

frame = pd.DataFrame({"year": [2023, 2024, 2025], "visits": [10, 14, 21]})
app = Dash(__name__)
app.layout = html.Div([html.H1("Visits"), dcc.Graph(figure=px.line(frame, x="year", y="visits"))])
server = app.server
