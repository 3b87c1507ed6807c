"""Nights in a shop's life: inputs change, shoppers change their minds in between, and the store ends as it should.
CONSENT_SYNC_SEED repeats chance."""
import random

from harness import EndToEnd, seeded_random

OPEN = ("functional", "analytics", "targeting")
CUSTOMERS = 60


def random_choice(dice):
    """What is allowed; the rest is denied."""
    return frozenset(["essential", *(category for category in OPEN if dice.random() < 0.5)])


class Expectation:
    """What the store should hold, worked out from the rules and not from the program: a side has changed where it differs
    from what it was when both were last looked at; one that has changed alone wins, and of two a denial."""

    def __init__(self, asks_about_everybody):
        self.asks_about_everybody = asks_about_everybody
        self.store = {}  # customer to what is allowed; nobody has decided anything at the start
        self.seen = {}   # customer to (input, store) when both were last looked at

    def shopper(self, customer, allowed):
        self.store[customer] = allowed

    def night(self, inputs):
        for customer, wanted in inputs.items():
            held = self.store.get(customer)
            if customer not in self.seen:
                result = wanted if held is None else wanted & held
            else:
                last_input, last_store = self.seen[customer]
                if not self.asks_about_everybody and all(
                        (category in wanted) in (category in last_input, category in last_store) for category in OPEN):
                    # Nothing to send by what is known: the store is not looked at.
                    self.seen[customer] = (wanted, last_store)
                    continue
                result = frozenset(["essential", *(
                    category for category in OPEN
                    if self.allows(category, wanted, held, last_input, last_store))])
            self.store[customer] = result
            self.seen[customer] = (wanted, result)

    @staticmethod
    def allows(category, wanted, held, last_input, last_store):
        input_says, store_says = category in wanted, category in held
        input_changed = input_says != (category in last_input)
        store_changed = store_says != (category in last_store)
        if input_changed and store_changed:
            return input_says and store_says
        return input_says if input_changed else store_says


class Nightly(EndToEnd):
    def write_input(self, name, inputs):
        rows = [f"{customer},{'|'.join(sorted(allowed))},{'|'.join(sorted(set(OPEN) - allowed))}\n"
                for customer, allowed in inputs.items()]
        random.Random(name).shuffle(rows)
        return self.write(name, "customer_id,allow,deny\n" + "".join(rows))

    def five_nights(self, check_store):
        dice = seeded_random()
        store = self.sandbox("--customers", str(CUSTOMERS))
        expected = Expectation(check_store == "all")
        inputs = {}
        for night in range(5):
            for customer in range(1, CUSTOMERS + 1):
                if customer not in inputs or dice.random() < 0.25:
                    inputs[customer] = random_choice(dice)
            self.write_input(f"night{night}.csv", inputs)
            self.expect(0, "sync", f"night{night}.csv", "--policy-check-store", check_store, store=store)
            expected.night(inputs)
            self.compare(store, expected, night)
            for customer in dice.sample(range(1, CUSTOMERS + 1), CUSTOMERS // 4):
                if night == 4:
                    break
                allowed = random_choice(dice)
                store.shopper_chooses(customer, allowed, set(OPEN) - allowed)
                expected.shopper(customer, allowed)
        self.expect(0, "sync", "night4.csv", "--policy-check-store", check_store, store=store)
        self.assertEqual(self.summary()["requests"]["put"], 0)
        self.compare(store, expected, "once more")

    def compare(self, store, expected, night):
        for customer in range(1, CUSTOMERS + 1):
            allowed, denied = store.consent_of(customer)
            self.assertEqual((night, customer, allowed), (night, customer, set(expected.store[customer])))
            self.assertEqual(allowed | denied, {"essential", *OPEN})

    def test_the_changes_are_checked(self):
        self.five_nights("changes")

    def test_everybody_is_asked_about(self):
        self.five_nights("all")

    def test_a_second_run_over_the_same_input_sends_nothing(self):
        store = self.sandbox()
        self.write_customers(200)
        self.expect(0, "sync", "customers.csv", store=store)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"unchanged": 200})
        self.assertEqual(store.stop()["put"], 200)
