from .layer_cost_dial import LayerCostDial as LayerCostDial
