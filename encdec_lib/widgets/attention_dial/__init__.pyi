from .attention_dial import AttentionDial as AttentionDial
