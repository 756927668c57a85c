"""What is answered is on the disk: whatever the server's default, unless its administrator turned `fsync` off (docs/reliability.md)."""

import psycopg
import pytest

from models.engine import Database
from tests.databases import PostgresqlServer


@pytest.mark.postgresql
def test_a_server_that_answers_before_its_disk_is_made_to_wait(postgresql_server: PostgresqlServer) -> None:
    with postgresql_server.fresh() as url:
        name = url.split("/")[3].split("?")[0]
        for default, kept in (("off", "on"), ("on", "on"), ("local", "local"), ("remote_apply", "remote_apply")):
            with psycopg.connect(postgresql_server.uri, autocommit=True) as administrator:
                administrator.execute(f"ALTER DATABASE {name} SET synchronous_commit = {default}".encode())
            database = Database.open(url)
            with database.read() as reading, database.write() as writing:
                for connection in (reading, writing):
                    assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == kept
            database.close()
