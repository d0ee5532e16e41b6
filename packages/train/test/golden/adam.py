"""Adam on L(x) = sum(c * (x - a)^2) / 2, in exact-order float64. Run: python3 adam.py > adam.json"""
import json
import math

rate, beta1, beta2, epsilon = 0.05, 0.9, 0.98, 1e-8
c, a, x = [1.0, 10.0, 0.01], [0.5, -1.0, 3.0], [2.0, 1.0, -1.0]
m, v, path = [0.0] * 3, [0.0] * 3, []
for step in range(1, 41):
    for i in range(3):
        g = c[i] * (x[i] - a[i])
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        m_hat = m[i] / (1 - beta1**step)
        v_hat = v[i] / (1 - beta2**step)
        x[i] -= rate * m_hat / (math.sqrt(v_hat) + epsilon)
    if step in (1, 2, 3, 10, 40):
        path.append({"step": step, "x": list(x)})
print(json.dumps({"command": "python3 adam.py > adam.json", "rate": rate, "beta1": beta1, "beta2": beta2, "epsilon": epsilon,
                  "curvature": c, "optimum": a, "start": [2.0, 1.0, -1.0], "path": path}, indent=1))
