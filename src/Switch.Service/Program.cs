using Switch.Service.Hosting;

try
{
    var builder = WebApplication.CreateSlimBuilder(args);
    await using var app = SwitchHost.Build(builder);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (SwitchHost.IsFaultOfSetup(e))
{
    await Console.Error.WriteLineAsync($"Switch can't start: {e.Message}");
    return 1;
}
