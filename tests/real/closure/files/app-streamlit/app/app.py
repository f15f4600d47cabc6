import pandas
import streamlit

streamlit.title("Sales")
streamlit.line_chart(pandas.DataFrame({"sales": [1, 3, 2]}))
