#!/usr/bin/python3
import io

from PIL import Image

picture = Image.new("RGB", (64, 64), "red").resize((16, 16))
picture.save(io.BytesIO(), "PNG")
picture.save(io.BytesIO(), "JPEG")
