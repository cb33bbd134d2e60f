from clawctl.config.table import settings_table
from clawctl.testing.secrets import NEAR_MISS, PASSPHRASE, found_in, recognisable


def test_every_secret_setting_has_a_value_that_is_found_again() -> None:
    table = settings_table()
    made = recognisable(table)

    assert set(made) == {row.key for row in table if row.secret}
    assert {"bearer_token", "agent_token", "llm_api_key", "auth_passphrase"} <= set(made)
    assert found_in(f"said: {' '.join(made.values())}.") == set(made.values())


def test_the_passphrase_is_found_however_it_is_spelt() -> None:
    for spelt in (PASSPHRASE, "Violet -- NARWHAL forty two", "violet_narwhal\nforty.two"):
        assert found_in(f'{{"text":"It is {spelt}!"}}') == {spelt}
    assert found_in(NEAR_MISS) == {"walrus"}


def test_other_words_are_no_secret() -> None:
    assert found_in("A narwhal, forty-two violets and a secret.") == set()
