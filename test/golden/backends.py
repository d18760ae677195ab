"""Makes backends.json: PCA whitening, LDA and logistic regression by scikit-learn on one small data set.

    python test/golden/backends.py > test/golden/backends.json
"""
import datetime
import json
import sys

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

random = np.random.RandomState(20261125)
N, D, IDENTITIES = 60, 6, 9
labels = random.randint(IDENTITIES, size=N)
centres = random.randn(IDENTITIES, D) * np.linspace(2, 0.3, D)
x = (centres[labels] + random.randn(N, D) @ (0.6 * random.randn(D, D)) + 3).astype(np.float32)
X = x.astype(np.float64)
positive = (X[:, 0] + 0.5 * X[:, 1] + random.randn(N) > 4.5).astype(int)

pca = PCA(n_components=4, whiten=True, svd_solver="full").fit(X)
lda = LinearDiscriminantAnalysis(solver="eigen").fit(X, labels)
# scikit-learn's C multiplies the sum of the losses: C = 1 / (N * ridge).
ridges = [0.3, 0.01]
logistic = [LogisticRegression(C=1 / (N * r), tol=1e-12, max_iter=10000, solver="newton-cholesky").fit(X, positive) for r in ridges]

json.dump({
    "made": f"python test/golden/backends.py; Python {sys.version.split()[0]}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}; {datetime.date.today()}",
    "rows": N,
    "columns": D,
    "x": x.ravel().tolist(),
    "labels": labels.tolist(),
    "pca": {"whitened": pca.transform(X).ravel().tolist(), "variances": pca.explained_variance_.tolist(),
            "explained": float(pca.explained_variance_ratio_.sum())},
    "lda": {"projected": (lda.transform(X) - lda.transform(X).mean(0)).ravel().tolist(), "dimensions": lda.transform(X).shape[1]},
    "positive": positive.tolist(),
    "logistic": [{"ridge": r, "weights": m.coef_[0].tolist(), "bias": float(m.intercept_[0])} for r, m in zip(ridges, logistic)],
}, sys.stdout, separators=(",", ":"))
print()
