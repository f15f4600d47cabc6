from litestar import Litestar, get
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine("postgresql+asyncpg://shop@localhost/shop")


class Item(BaseModel):
    name: str
    price: int


@get("/")
async def items() -> list[Item]:
    return [Item(name="chair", price=40)]


app = Litestar([items])
