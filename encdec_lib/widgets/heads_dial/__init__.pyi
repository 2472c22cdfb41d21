from .heads_dial import HeadsDial as HeadsDial
