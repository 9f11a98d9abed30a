using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace Switch.Benchmarks.Tests;

/// <summary>
/// Every benchmark's allocated bytes an operation, held against the committed baseline. Time is only reported, by the
/// benchmarks themselves; a byte more than the baseline fails here.
/// </summary>
public sealed class AllocationBaselineTests
{
    private const int WarmUps = 2_000;
    private const int Operations = 20_000;

    private const string BaselineFile = "bench/Switch.Benchmarks/allocations.baseline.json";

    private static readonly Dictionary<string, long> Baseline = JsonSerializer.Deserialize<Dictionary<string, long>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../..", BaselineFile)))!;

    public static TheoryData<string> Benchmarks() => new(All().Select(NameOf));

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void Benchmark_AllocatedBytes_AreNoMoreThanItsBaseline(string name)
    {
        Assert.True(Baseline.ContainsKey(name), $"{name} has no baseline in {BaselineFile}");
        var method = All().Single(m => NameOf(m) == name);
        foreach (var parameters in Combinations(method.DeclaringType!))
        {
            var subject = Activator.CreateInstance(method.DeclaringType!)!;
            foreach (var (property, value) in parameters) Set(subject, property, value);
            var setups = method.DeclaringType!.GetMethods()
                .Where(m => m.GetCustomAttribute<GlobalSetupAttribute>() is not null);
            foreach (var setup in setups)
                setup.Invoke(subject, null);

            var operation = OperationOf(subject, method);
            operation(WarmUps);
            var before = GC.GetAllocatedBytesForCurrentThread();
            operation(Operations);
            var perOperation = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Operations;
            var which = string.Join(", ", parameters.Select(p => $"{p.Key.Name}={p.Value}"));
            Assert.True(
                perOperation <= Baseline[name],
                $"{name} ({which}) allocates {perOperation:F2} bytes, its baseline is {Baseline[name]}");
        }
    }

    [Fact]
    public void Baseline_NamesOnlyBenchmarksThatExist() =>
        Assert.Empty(Baseline.Keys.Except(All().Select(NameOf)));

    private static IEnumerable<MethodInfo> All() =>
        typeof(Program).Assembly.GetTypes().Where(t => t is { IsAbstract: false, IsPublic: true })
            .SelectMany(t => t.GetMethods()).Where(m => m.GetCustomAttribute<BenchmarkAttribute>() is not null);

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    // A loop over a typed delegate: reflection would box the result and count its own allocation.
    private static Action<int> OperationOf(object subject, MethodInfo method)
    {
        var loop = typeof(AllocationBaselineTests).GetMethod(
            nameof(Loop), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.ReturnType);
        return (Action<int>)loop.Invoke(null, [subject, method])!;
    }

    private static Action<int> Loop<T>(object subject, MethodInfo method)
    {
        var run = method.CreateDelegate<Func<T>>(subject);
        return count =>
        {
            for (var i = 0; i < count; i++) run();
        };
    }

    private static IEnumerable<Dictionary<MemberInfo, object?>> Combinations(Type type)
    {
        IEnumerable<Dictionary<MemberInfo, object?>> combinations = [new Dictionary<MemberInfo, object?>()];
        foreach (var member in type.GetMembers().Where(m => m.GetCustomAttribute<ParamsAttribute>() is not null))
        {
            var values = member.GetCustomAttribute<ParamsAttribute>()!.Values;
            combinations = [.. combinations.SelectMany(
                c => values.Select(v => new Dictionary<MemberInfo, object?>(c) { [member] = v }))];
        }

        return combinations;
    }

    private static void Set(object subject, MemberInfo member, object? value)
    {
        if (member is PropertyInfo property) property.SetValue(subject, value);
        else ((FieldInfo)member).SetValue(subject, value);
    }
}
