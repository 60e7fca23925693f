"""The words that customers and their requests are made of."""

PLACES = (
    "Nordwind", "Elbe", "Kastanie", "Sundby", "Alster", "Brücken", "Lindenhof",
    "Skagen", "Havel", "Falken", "Morgenrot", "Seeblick", "Granit", "Karlsson",
    "Vesterbro", "Isar", "Tannen", "Kupfer", "Amber", "Solvang", "Rosenthal",
    "Harbour", "Marmara", "Baltic", "Dünen", "Fjell", "Kranich", "Orchard",
    "Silberpfeil", "Westend", "Zephyr", "Almond", "Birke", "Corvus", "Delta",
    "Ebbe", "Fuchsbau", "Gletscher", "Holm", "Inselgarten", "Jasmin", "Kompass",
    "Luchs", "Meridian", "Nyhavn", "Olive", "Pinien", "Quelle",
)  # fmt: skip
KINDS = {  # what companies of an industry call themselves
    "Hospitality": ("Hotels", "Inns", "Kitchen", "Resorts", "Cafés", "Catering"),
    "Retail": ("Stores", "Market", "Books", "Outfitters", "Trading", "Furniture"),
    "Offices": ("Consulting", "Partners", "Insurance", "Law", "Studios", "Systems"),
    "Healthcare": ("Clinic", "Dental", "Care", "Pharmacy", "Physio", "Labs"),
    "Education": ("Academy", "School", "Library", "Campus", "Nursery", "Institute"),
    "Construction": ("Builders", "Architects", "Interiors", "Electric", "Homes", "Bau"),
}
FIRST_NAMES = (
    "Aisha", "Anna", "Anton", "Basma", "Ben", "Carla", "Christos", "David", "Dina",
    "Ella", "Erik", "Farid", "Freya", "Georg", "Hala", "Hugo", "Ida", "Ilse", "Jakub",
    "Jonas", "Karim", "Kirsten", "Lara", "Leon", "Lina", "Magnus", "Maja", "Mehmet",
    "Mona", "Nadia", "Niko", "Omar", "Ottilie", "Pavel", "Petra", "Rafael", "Rana",
    "Sara", "Simon", "Stella", "Tarek", "Theo", "Ulla", "Vera", "Walid", "Yara",
)  # fmt: skip
LAST_NAMES = (
    "Ahmadi", "Andersen", "Becker", "Bianchi", "Costa", "Dreyer", "Eriksen", "Farah",
    "Fischer", "Galli", "Haddad", "Hoffmann", "Ivanova", "Jansen", "Kaya", "Khalil",
    "Koch", "Kowalski", "Larsen", "Lehmann", "Lorenz", "Mansour", "Meyer", "Nasser",
    "Nielsen", "Olsen", "Papadakis", "Peters", "Richter", "Rossi", "Saleh", "Sommer",
    "Stein", "Svensson", "Taylor", "Thoms", "Vogt", "Wagner", "Walker", "Winter",
    "Youssef", "Zimmer",
)  # fmt: skip
COMPETITORS = ("Helios Lighting", "Candela Nord", "Brightworks", "Lux & Co")

SUBJECTS = {  # of tickets, by topic
    "Delivery": (
        "Where is my parcel?", "Two lamps missing from the delivery",
        "Delivery to another address", "Parcel arrived damaged",
    ),
    "Billing": (
        "Invoice shows the wrong amount", "Charged twice for one order",
        "Please send the invoice again", "VAT number missing on the invoice",
    ),
    "Installation": (
        "Wiring of the ceiling panel", "App does not find the lamp",
        "Which dimmer fits the track lights?", "Appointment for the installation",
    ),
    "Warranty": (
        "Lamp flickers after three weeks", "Dimmer hums",
        "Panel stays dark on one side", "Driver broken within the warranty",
    ),
    "Returns": (
        "Return label, please", "Wrong colour temperature ordered",
        "When do I get my money back?", "Exchange for the larger size",
    ),
    "App and account": (
        "Cannot sign in to the app", "Schedules are gone after the update",
        "Add a second building", "Reset of the password does not arrive",
    ),
    "Advice": (
        "Lights for a staircase of four metres", "Bright enough for a workshop?",
        "Difference between Polar and Polar Pro", "Light plan for twelve desks",
    ),
    "Spare parts": (
        "Glass for the Aurora lamp", "Replacement remote control",
        "Screws lost while moving", "Cable of five metres instead of two",
    ),
}  # fmt: skip
RECALL_SUBJECTS = (
    "Recall of the Polar panel: what must I do?", "Polar panel gets hot",
    "When does my replacement panel come?", "Third mail about the recall",
)  # fmt: skip

# What customers write, by language and by how satisfied they are.
COMMENTS = {
    "en": {
        "high": (
            "Quick and friendly, thank you.", "Solved in one call.",
            "Very clear explanation.", "Exactly the help I needed.",
            "Better than I expected.",
        ),
        "middle": (
            "Fine in the end, but it took a while.", "I had to explain it twice.",
            "The answer was right, the tone a bit short.",
        ),
        "low": (
            "Nobody called me back.", "Still waiting for an answer after four days.",
            "I was passed on three times.", "My replacement has not arrived.",
        ),
    },
    "de": {
        "high": (
            "Schnell und freundlich, danke!", "Alles in einem Anruf geklärt.",
            "Sehr gut erklärt.", "Genau die Hilfe, die ich brauchte.",
        ),
        "middle": (
            "Am Ende gut, aber es hat gedauert.", "Ich musste es zweimal erklären.",
            "In Ordnung.",
        ),
        "low": (
            "Niemand hat zurückgerufen.", "Ich warte seit Tagen auf eine Antwort.",
            "Dreimal weiterverbunden worden.", "Der Ersatz ist noch nicht da.",
        ),
    },
    "ar": {
        "high": (
            "خدمة سريعة ولطيفة، شكرًا.", "تم حل المشكلة في مكالمة واحدة.",
            "شرح واضح جدًا.",
        ),
        "middle": ("جيد في النهاية لكنه استغرق وقتًا.", "اضطررت إلى الشرح مرتين."),
        "low": (
            "لم يتصل بي أحد.", "ما زلت أنتظر الرد منذ أيام.", "لم يصل البديل بعد.",
        ),
    },
}  # fmt: skip
