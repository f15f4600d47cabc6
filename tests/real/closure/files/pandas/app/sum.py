import pandas as pd

frame = pd.DataFrame({"kind": ["a", "b", "a"], "bytes": [1, 2, 3]})
assert frame.groupby("kind")["bytes"].sum()["a"] == 4
