"""One training task a file: how a batch is made from scene records, the loss, and what is measured.

Every task has the same shape: `Task(config, data, device)` with `.model`, `.rate`, `.loss(records) ->
(loss, {name: number})` and `.evaluate(records) -> {name: number}`; `records` are numpy arrays of
`data.record`, one row a scene.
"""
