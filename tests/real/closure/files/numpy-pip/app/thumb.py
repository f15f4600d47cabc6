import numpy
from lxml import etree
from PIL import Image

image = Image.fromarray(numpy.zeros((4, 4), dtype=numpy.uint8))
image.resize((2, 2)).save("/tmp/x.png")
print(etree.tostring(etree.Element("a")))
