"""Multiplying with 8-bit integers: some twice as fast, on processors that have an instruction for it.

The usual dynamic quantisation takes one scale for all of a batch, so that a text's vector depends on the texts beside it.
Here every row, that is every word piece, has a scale of its own, and is measured from its own middle, so that no step is wasted on
values that it has not. What attention mixes stays exact. docs/decisions/0004-embedding-model.md has the figures.
"""

import platform
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto
from onnx.helper import make_node
from onnx.numpy_helper import from_array, to_array

_MATRIX = 2  # dimensions
_CONSTANTS = {
    "int8/half": np.float32(0.5),
    "int8/one": np.float32(1),
    "int8/most": np.float32(127),
    "int8/middle": np.uint8(128),
    "int8/tiny": np.float32(1e-12),  # a row of zeros must not divide by zero
    "int8/last_axis": np.array([-1], np.int64),
}


def pays_here() -> bool:
    """Tell whether this processor multiplies bytes exactly and fast (VNNI). Older ones saturate: wrong, not only slow."""
    if platform.machine() not in {"x86_64", "AMD64"}:
        return False
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    except OSError:
        return False
    return not {"avx512_vnni", "avx_vnni"}.isdisjoint(flags)


def quantise_file(path: Path) -> None:
    """Make int8 of the products of activations with weights, except attention's values: half the error, a twelfth of the work."""
    model = onnx.load(path)
    _quantise(model.graph)
    shutil.rmtree(path.parent)  # weights of more than 2 GB lay in files of their own
    path.parent.mkdir()
    onnx.save(model, path)


def _quantise(graph: onnx.GraphProto) -> None:
    weights = {each.name: each for each in graph.initializer}
    exact = set(_attention_values(graph, weights))
    nodes: list[NodeProto] = []
    quantised: dict[str, TensorProto] = {}
    rows: set[str] = set()
    for node in graph.node:
        matrix = weights.get(node.input[1]) if node.op_type == "MatMul" else None
        if matrix is None or len(matrix.dims) != _MATRIX or node.output[0] in exact:
            nodes.append(node)
            continue
        if node.input[0] not in rows:  # query, key and value are made of the same rows
            rows.add(node.input[0])
            nodes.extend(_quantise_rows(node.input[0]))
        nodes.extend(_product(node))
        quantised[matrix.name] = matrix
    used_still = {name for node in nodes for name in node.input}
    for name, matrix in quantised.items():
        graph.initializer.extend(_quantise_columns(name, to_array(matrix)))
        if name not in used_still:
            graph.initializer.remove(matrix)
    graph.initializer.extend(from_array(np.asarray(value), name) for name, value in _CONSTANTS.items())
    del graph.node[:]
    graph.node.extend(nodes)


def _attention_values(graph: onnx.GraphProto, weights: Collection[str]) -> Iterator[str]:
    """Find the products with weights whose results attention mixes: those that lead to what is multiplied by a softmax."""
    made_by = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        if node.op_type != "MatMul" or made_by.get(node.input[0], NodeProto()).op_type != "Softmax":
            continue
        ways = [node.input[1]]
        while ways:
            name = ways.pop()
            maker = made_by.get(name)
            if maker is None:  # a weight, or what the model is given
                continue
            if maker.op_type == "MatMul" and maker.input[1] in weights:
                yield name
            else:  # what others are given beside the data are shapes
                ways.extend(maker.input if maker.op_type == "Add" else maker.input[:1])


def _quantise_columns(name: str, matrix: npt.NDArray[np.float32]) -> Iterator[TensorProto]:
    scale = np.maximum(np.abs(matrix).max(axis=0) / 127, 1e-12).astype(np.float32)
    rounded = np.rint(matrix / scale)
    yield from_array(rounded.astype(np.int8), f"{name}/int8")
    yield from_array(scale, f"{name}/scale")
    # Of the rounded weights: with the exact ones' sums what rounding took would add up, and the vectors be ten times as far off.
    yield from_array((rounded * scale).sum(axis=0), f"{name}/sum")


def _quantise_rows(rows: str) -> Iterator[NodeProto]:
    yield make_node("ReduceMax", [rows, "int8/last_axis"], [f"{rows}/highest"], keepdims=1)
    yield make_node("ReduceMin", [rows, "int8/last_axis"], [f"{rows}/lowest"], keepdims=1)
    yield make_node("Add", [f"{rows}/highest", f"{rows}/lowest"], [f"{rows}/ends"])
    yield make_node("Mul", [f"{rows}/ends", "int8/half"], [f"{rows}/middle"])
    yield make_node("Sub", [f"{rows}/highest", f"{rows}/middle"], [f"{rows}/reach"])
    yield make_node("Max", [f"{rows}/reach", "int8/tiny"], [f"{rows}/range"])
    yield make_node("Div", [f"{rows}/range", "int8/most"], [f"{rows}/scale"])
    yield make_node("Sub", [rows, f"{rows}/middle"], [f"{rows}/rest"])
    yield make_node("Div", [f"{rows}/rest", f"{rows}/scale"], [f"{rows}/scaled"])
    yield make_node("QuantizeLinear", [f"{rows}/scaled", "int8/one", "int8/middle"], [f"{rows}/uint8"])


def _product(node: NodeProto) -> Iterator[NodeProto]:
    """Multiply a row's rest in bytes; what its middle adds is the same for every column but for the sum of its weights."""
    (rows, weights), (product,) = node.input, node.output
    yield make_node("MatMulInteger", [f"{rows}/uint8", f"{weights}/int8", "int8/middle"], [f"{product}/int32"])
    yield make_node("Cast", [f"{product}/int32"], [f"{product}/float"], to=TensorProto.FLOAT)
    yield make_node("Mul", [f"{product}/float", f"{weights}/scale"], [f"{product}/by_column"])
    yield make_node("Mul", [f"{product}/by_column", f"{rows}/scale"], [f"{product}/of_rest"])
    yield make_node("Mul", [f"{rows}/middle", f"{weights}/sum"], [f"{product}/of_middle"])
    yield make_node("Add", [f"{product}/of_rest", f"{product}/of_middle"], [product])
