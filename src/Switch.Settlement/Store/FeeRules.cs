using Dapper;
using Switch.Settlement.Books;

namespace Switch.Settlement.Store;

/// <summary>Numbers for fee rules, each text once in the store. Used by one thread.</summary>
internal sealed class FeeRules(IdBlocks ids)
{
    private readonly Dictionary<FeeRule, int> _numbers = [];
    private readonly Dictionary<int, FeeRule> _rules = [];

    /// <summary>The row of a rule, 0 for none; false when it has to be asked for or made first.</summary>
    public bool TryNumberOf(FeeRule? rule, out int number)
    {
        number = 0;
        return rule is null || _numbers.TryGetValue(rule, out number);
    }

    /// <summary>
    /// The row of a rule; makes it if it is not there. A transaction makes rules in the order of their key and text.
    /// </summary>
    public int NumberOf(StoreTransaction transaction, FeeRule rule)
    {
        if (_numbers.TryGetValue(rule, out var known)) return known;
        var (connection, open) = (transaction.Connection, transaction.Transaction);
        var number = Find(transaction, rule);
        if (number == 0)
        {
            connection.Execute(
                "INSERT INTO fee_rule (id, rule_key, rule_text) VALUES (@Id, @Key, @Text) ON CONFLICT DO NOTHING",
                new { Id = (int)ids.Next(transaction, IdBlocks.FeeRule), rule.Key, rule.Text }, open);
            number = Find(transaction, rule); // another consumer may have been first
        }

        _numbers[rule] = number;
        _rules[number] = rule;
        return number;
    }

    /// <summary>The rule of a row.</summary>
    /// <exception cref="InvalidOperationException">There is none: the store is damaged.</exception>
    public FeeRule RuleOf(StoreTransaction transaction, int number)
    {
        if (_rules.TryGetValue(number, out var known)) return known;
        var row = transaction.Connection.QuerySingle<(string Key, string Text)>(
            "SELECT rule_key, rule_text FROM fee_rule WHERE id = @number", new { number }, transaction.Transaction);
        var rule = new FeeRule(row.Key, row.Text);
        _numbers[rule] = number;
        return _rules[number] = rule;
    }

    /// <summary>Forgets what it knows: after a transaction that was rolled back, or a rebuild.</summary>
    public void Forget()
    {
        _numbers.Clear();
        _rules.Clear();
    }

    private static int Find(StoreTransaction transaction, FeeRule rule) =>
        (int)transaction.Connection.ExecuteScalar<long>(
            "SELECT COALESCE(MAX(id), 0) FROM fee_rule WHERE rule_key = @Key AND rule_text = @Text",
            new { rule.Key, rule.Text }, transaction.Transaction);
}
