"""A chat: who says something in a room publishes it to all who listen there."""

import os
from typing import Annotated

import httpx
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

app = FastAPI()
app.state.push_url = os.environ.get("PUSH_URL", "http://127.0.0.1:9080")


class Line(BaseModel):
    author: str
    text: str


@app.post("/rooms/{room}/lines", status_code=201)
async def say(room: str, line: Line) -> Line:
    async with httpx.AsyncClient(base_url=app.state.push_url) as push:
        answer = await push.post("/publish", params={"channel": room}, content=line.model_dump_json())
        answer.raise_for_status()
    return line


@app.get("/may-listen", status_code=204)
async def may_listen(authorization: Annotated[str, Header()] = "") -> None:
    """What nginx asks for each listener (auth_request)."""
    if authorization != "Bearer member":
        raise HTTPException(403)
