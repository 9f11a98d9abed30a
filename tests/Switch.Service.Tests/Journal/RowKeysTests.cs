using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

public sealed class RowKeysTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Restore_AfterAnyChanges_GivesWhatStoodThen(int seed)
    {
        var random = new Random(seed);
        var keys = new RowKeys<string>();
        var stands = new Dictionary<string, long>();
        for (var commit = 0; commit < 200; commit++)
        {
            var before = new Dictionary<string, long>(stands);
            Change(random, keys, stands);
            var atSave = new Dictionary<string, long>(stands);
            var saved = keys.Save();
            Change(random, keys, stands);
            if (random.Next(2) == 0)
            {
                keys.Restore(saved);
                stands = atSave;
                AssertSame(stands, keys);
            }

            if (random.Next(3) == 0)
            {
                keys.Restore(0);
                stands = before;
            }
            else
            {
                keys.Commit();
            }

            AssertSame(stands, keys);
        }
    }

    private static void Change(Random random, RowKeys<string> keys, Dictionary<string, long> stands)
    {
        for (var i = random.Next(6); i > 0; i--)
        {
            var id = Steps.Id(random.Next(8));
            if (keys.Find(id) is null)
            {
                var row = random.NextInt64(100);
                keys.Add(id, row);
                stands.Add(id, row);
            }
            else
            {
                keys.Remove(id);
                stands.Remove(id);
            }
        }
    }

    private static void AssertSame(Dictionary<string, long> expected, RowKeys<string> keys)
    {
        for (var i = 0; i < 8; i++)
            Assert.Equal(expected.TryGetValue(Steps.Id(i), out var row) ? row : null, keys.Find(Steps.Id(i)));
    }
}
