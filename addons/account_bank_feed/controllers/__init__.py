from . import main, queue
