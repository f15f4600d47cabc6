from scipy import optimize, sparse

assert abs(optimize.brentq(lambda x: x * x - 2, 0, 2) ** 2 - 2) < 1e-6
sparse.eye(3).tocsr()
