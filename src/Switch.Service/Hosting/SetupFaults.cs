using Switch.Service.Routes;

namespace Switch.Service.Hosting;

/// <summary>
/// Gathers what is wrong with the files that the configuration names, so that one start tells all of it.
/// </summary>
internal sealed class SetupFaults
{
    private readonly List<string> _faults = [];

    /// <summary>
    /// Does one step of the setup; if it can't be done, goes on, so that the next fault is found too.
    /// </summary>
    public void Try(Action step)
    {
        try
        {
            step();
        }
        catch (InvalidConfigurationException e)
        {
            _faults.AddRange(e.Faults);
        }
        catch (RoutesRefusedException e)
        {
            foreach (var fault in e.Faults) _faults.Add($"{SwitchOptions.Section}:Routes:File: {fault}");
        }
    }

    /// <exception cref="InvalidConfigurationException">Some step could not be done.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0) throw new InvalidConfigurationException(_faults);
    }
}
