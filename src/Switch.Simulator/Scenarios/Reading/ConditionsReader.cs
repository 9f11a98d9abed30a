namespace Switch.Simulator;

/// <summary>Reads a rule's <c>when</c>.</summary>
internal static class ConditionsReader
{
    private static readonly Dictionary<string, MessageKind> KindWords = new()
    {
        ["authorization"] = MessageKind.Authorization,
        ["financial"] = MessageKind.Financial,
        ["advice"] = MessageKind.Advice,
        ["reversal"] = MessageKind.Reversal,
        ["network"] = MessageKind.Network,
    };

    private static readonly Dictionary<string, bool> PinWords = new() { ["present"] = true, ["absent"] = false };

    public static RuleConditions Read(YamlSection section)
    {
        var conditions = new RuleConditions
        {
            Kinds = section.List(
                "kind", ScenarioText.Word(KindWords), "authorization, financial, advice, reversal or network"),
            Mtis = section.List("mti", ScenarioText.Digits(4, 4), "a message type of four digits"),
            Processing = section.List("processing", ScenarioText.Digits(1, 6), "the beginning of a processing code"),
            Amounts = section.List<(long, long)>(
                "amount", ScenarioText.AmountRange, "an amount in minor units, or a range such as 100-200"),
            AmountEnds = section.List<long>("amount_ends", ScenarioText.Ending, "the amount's last two digits"),
            AmountMod = ReadMod(section),
            Cards =
            [
                .. section.List("pan", ScenarioText.Card(isPrefix: false), "a card number of 12 to 19 digits", false),
                .. section.List("pan_prefix", ScenarioText.Card(isPrefix: true), "the start of a card number", false),
            ],
            Currencies = section.List("currency", ScenarioText.Digits(3, 3), "an ISO 4217 number such as 840"),
            Mccs = section.List("mcc", ScenarioText.Digits(4, 4), "a merchant category code of four digits"),
            Merchants = section.List("merchant", ScenarioText.Name(15), "a merchant of at most 15 characters"),
            Terminals = section.List("terminal", ScenarioText.Name(8), "a terminal of at most 8 characters"),
            HasPin = section.TryTake("pin", ScenarioText.Word(PinWords), "present or absent", out var pin) ? pin : null,
            Probability = section.TryTake<double>(
                "probability", ScenarioText.Probability, "a number above 0, 1 at most", out var chance) ? chance : null,
            Every = section.Value<int>("every", ScenarioText.Count, "a whole number from 1", 0),
            Times = section.Value<int>("times", ScenarioText.Count, "a whole number from 1", 0),
        };
        section.Close();
        return conditions;
    }

    private static (long By, long Is)? ReadMod(YamlSection parent)
    {
        if (parent.Section("amount_mod") is not { } section) return null;
        var by = section.Value<long>("by", ScenarioText.Amount, "a whole number", 0);
        var rest = section.Value<long>("is", ScenarioText.Amount, "a whole number", 0);
        if (by < 1 || rest >= by) section.Fault("'by' is at least 1, and 'is' is below it");
        section.Close();
        return (Math.Max(by, 1), rest);
    }
}
