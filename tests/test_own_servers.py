import psycopg
import pytest

from models.engine import Database
from tests.own_servers import own_postgresql


def test_a_server_of_a_test_crashes_and_comes_back_with_its_base() -> None:
    with own_postgresql() as server:
        database = Database.open(server.address())
        with database.read():
            assert server.cut_connections() >= 1
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.address())
        server.start()
        with database.read():
            pass
        database.close()
